// Page code meets the inert libraries: whoever waits for them must go on, before and after they load.
// Run by tests/stubs.rs; `node tests/stubs/check.mjs` does as well.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import vm from 'node:vm';

const library = (name) => readFileSync(new URL(`../../rules/stubs/${name}.js`, import.meta.url), 'utf8');

// A window with what the libraries touch, and nothing of Node's.
function page(places = []) {
  const context = { setTimeout, console, Promise, document: { querySelectorAll: () => places.filter((place) => !place.status) } };
  context.window = context;
  vm.createContext(context);
  return { run: (code) => vm.runInContext(code, context), context };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 20));
const cases = [];
const test = (name, run) => cases.push([name, run]);

test('prebid: queued and later code runs, and whoever waits for bids is called', async () => {
  const { run, context } = page();
  context.seen = [];
  run(`var pbjs = pbjs || {}; pbjs.que = pbjs.que || [];
    pbjs.que.push(function () {
      pbjs.setConfig({ bidderTimeout: 900 });
      pbjs.addAdUnits([{ code: 'top', bids: [] }]);
      pbjs.onEvent('auctionEnd', function () { seen.push('auctionEnd'); });
      pbjs.requestBids({ timeout: 900, bidsBackHandler: function (bids, timedOut) { seen.push('back', timedOut); pbjs.setTargetingForGPTAsync(); } });
    });`);
  run(library('prebid'));
  run('pbjs.cmd.push(function () { seen.push("cmd " + pbjs.getConfig("bidderTimeout") + " " + pbjs.adUnits.length); })');
  await settled();
  assert.deepEqual([...context.seen], ['cmd 900 1', 'auctionEnd', 'back', false]);
  assert.deepEqual({ ...(await run('pbjs.requestBids({}).then(function (all) { return all.bids; })')) }, {});
});

test('prebid: a renamed library is found by its queue, and every public method is there', async () => {
  const { run, context } = page();
  run('window.acmePbjs = { que: [function () { window.ran = true; }] };');
  run(library('prebid'));
  assert.equal(context.ran, true);
  const methods = `addAdUnits adUnits aliasBidder bidderSettings clearAllAuctions cmd convertBidRequestToResponse enableAnalytics
    getAdserverTargeting getAdserverTargetingForAdUnitCode getAdserverTargetingForAdUnitCodeStr getAllPrebidWinningBids
    getAllWinningBids getBidResponses getBidResponsesForAdUnitCode getConfig getConsentMetadata getEvents getHighestCpmBids
    getHighestUnusedBidResponseForAdUnitCode getNoBids getNoBidsForAdUnitCode getUserIds getUserIdsAsEids getUserIdsAsEidBySource
    getUserIdsAsync getEncryptedEidsForSource installedModules libLoaded markWinningBidAsUsed mergeConfig mergeBidderConfig offEvent
    onEvent processQueue que readConfig refreshPageViewId refreshUserIds registerAnalyticsAdapter registerBidAdapter
    registerBidder registerSignalSources removeAdUnit renderAd requestBids resetConfig setBidderConfig getBidderConfig setConfig
    setTargetingForAst setTargetingForGPTAsync triggerBilling triggerUserSyncs version`.split(/\s+/);
  for (const name of methods) assert.notEqual(run(`acmePbjs.${name}`), undefined, name);
});

test('prebid: a player that asks for a tag with bids gets its own back', () => {
  const { context, run } = page();
  run(library('prebid'));
  const { dfp } = context.pbjs.adServers;
  assert.equal(dfp.buildVideoUrl({ adUnit: {}, params: {} }), '');
  assert.equal(dfp.buildVideoUrl({ adUnit: {}, url: 'https://news.example/vast' }), 'https://news.example/vast');
});

test('prebid: an error of one command does not hold up the next', async () => {
  const { run, context } = page();
  const errors = [];
  context.setTimeout = (task, time) => setTimeout(() => { try { task(); } catch (error) { errors.push(error.message); } }, time);
  run('window.pbjs = { que: [function () { throw new Error("mine"); }, function () { window.ran = true; }] };');
  run(library('prebid'));
  await settled();
  assert.equal(context.ran, true);
  assert.deepEqual(errors, ['mine']);
});

test('googletag: commands run, calls chain, slots are told to be empty', async () => {
  const { run, context } = page();
  context.seen = [];
  run(`window.googletag = { cmd: [] };
    googletag.cmd.push(function () {
      var mapping = googletag.sizeMapping().addSize([0, 0], [300, 250]).build();
      var slot = googletag.defineSlot('/1234/top', [300, 250], 'top').defineSizeMapping(mapping)
        .setTargeting('pos', 'top').setCollapseEmptyDiv(true).addService(googletag.pubads());
      googletag.pubads().setTargeting('k', ['a', 'b']).enableSingleRequest();
      googletag.pubads().collapseEmptyDivs();
      googletag.pubads().addEventListener('slotRenderEnded', function (event) { seen.push(event.slot.getSlotElementId() + event.isEmpty); });
      googletag.enableServices();
      googletag.display('top');
      seen.push(slot.getTargeting('pos').join(), googletag.pubads().getTargetingKeys().join(), slot.getAdUnitPath());
    });`);
  run(library('googletag'));
  await settled();
  run('googletag.pubads().refresh()');
  await settled();
  assert.deepEqual([...context.seen], ['top', 'k', '/1234/top', 'toptrue', 'toptrue']);
  assert.equal(run('googletag.apiReady && googletag.pubadsReady'), true);
  assert.equal(run('googletag.destroySlots(), googletag.pubads().getSlots().length'), 0);
  run('googletag.defineOutOfPageSlot("/1/x", googletag.enums.OutOfPageFormat.INTERSTITIAL).addService(googletag.pubads())');
});

test('apstag: bids are answered with none, queued ones too', async () => {
  const { run, context } = page();
  context.seen = [];
  run(`window.apstag = { _Q: [], init: function () { this._Q.push(['i', arguments]); }, fetchBids: function () { this._Q.push(['f', arguments]); } };
    apstag.init({ pubID: 'x' });
    apstag.fetchBids({ slots: [] }, function (bids) { seen.push(bids.length); apstag.setDisplayBids(); });`);
  run(library('apstag'));
  run('apstag.fetchBids({ slots: [] }, function (bids) { seen.push(bids.length); })');
  await settled();
  assert.deepEqual([...context.seen], [0, 0]);
});

test('adsbygoogle: places are marked as unfilled and breaks are over', async () => {
  const places = [1, 2].map(() => ({ setAttribute(name, value) { this.status = true; this[name] = value; } }));
  const { run, context } = page(places);
  context.seen = [];
  run('(window.adsbygoogle = window.adsbygoogle || []).push({});');
  run(library('adsbygoogle'));
  run('adsbygoogle.push({}); adsbygoogle.push({ preloadAdBreaks: "on", onReady: function () { seen.push("ready"); } });');
  run('adBreak({ type: "next", adBreakDone: function (info) { seen.push(info.breakStatus); } })');
  await settled();
  assert.deepEqual(places.map((place) => place['data-ad-status']), ['unfilled', 'unfilled']);
  assert.deepEqual([...context.seen], ['ready', 'notReady']);
  assert.equal(run('adsbygoogle.loaded'), true);
});

test('taboola and outbrain: queues and functions take what pages hand them', async () => {
  const { run, context } = page();
  run('window._taboola = window._taboola || []; _taboola.push({ article: "auto" });');
  run(library('taboola'));
  run('_taboola.push({ flush: true }); _taboola.push({ callback: function () { window.called = true; } });');
  run(library('outbrain'));
  run('OBR.extern.researchWidget(); OBR.extern.reloadWidget(); OBR.extern.renderSpaWidgets("x");');
  await settled();
  assert.equal(context.called, true);
});

test('google-ima: a player that asks for ads is told that there are none', async () => {
  const { run, context } = page();
  context.seen = [];
  run(library('google-ima'));
  run(`google.ima.settings.setVpaidMode(google.ima.ImaSdkSettings.VpaidMode.ENABLED);
    var box = new google.ima.AdDisplayContainer({}, {}); box.initialize();
    var loader = new google.ima.AdsLoader(box);
    loader.addEventListener(google.ima.AdsManagerLoadedEvent.Type.ADS_MANAGER_LOADED, function () { seen.push('loaded'); }, false);
    loader.addEventListener(google.ima.AdErrorEvent.Type.AD_ERROR, function (event) { seen.push(event.getError().getErrorCode()); }, false);
    var request = new google.ima.AdsRequest(); request.adTagUrl = 'https://ads.example/vast';
    request.setAdWillAutoPlay(true); loader.requestAds(request);`);
  await settled();
  assert.deepEqual([...context.seen], [1009]);
  assert.equal(run('google.ima.AdEvent.Type.CONTENT_PAUSE_REQUESTED'), 'contentPauseRequested');
});

let failed = 0;
for (const [name, run] of cases) {
  try {
    await run();
    console.log(`ok ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED ${name}\n${error.stack}`);
  }
}
process.exitCode = failed ? 1 : 0;
