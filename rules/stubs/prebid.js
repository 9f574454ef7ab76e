// Prebid.js without bids: queues run, every public method is there, and whoever waits for bids is told that there are none.
(function () {
  'use strict';
  var methods = ('addAdUnits addAdServer aliasBidder aliasRegistry bidderSettings clearAllAuctions ' +
    'convertBidRequestToResponse delayAuction disableAnalytics enableAnalytics markWinningBidAsUsed ' +
    'mergeBidderConfig mergeConfig refreshPageViewId registerAnalyticsAdapter registerBidAdapter ' +
    'registerBidder registerSignalSources registerVideo removeAdUnit renderAd renderUserSync resetConfig ' +
    'resetSyncedStatus setBidderConfig setBidderSequence setPriceGranularity enableSendAllBids ' +
    'publisherDomain setTargetingForAst setTargetingForGPTAsync triggerBilling triggerUserSyncs loadScript ' +
    'addCallback removeCallback bidsAvailableForAdapter logAuctionEvent setS2SConfig allBidsAvailable').split(' ');
  var objects = ('getAdserverTargeting getAdserverTargetingForAdUnitCode getBidResponses getBidderConfig getConsentMetadata ' +
    'getNoBids getUserIds getUserIdsAsEidBySource getAnonymizedBidResponses').split(' ');
  var lists = ('getAllPrebidWinningBids getAllWinningBids getEvents getHighestCpmBids getUserIdsAsEids').split(' ');
  var bidLists = 'getBidResponsesForAdUnitCode getNoBidsForAdUnitCode'.split(' ');
  var promises = 'getUserIdsAsync refreshUserIds getEncryptedEidsForSource'.split(' ');

  function later(run) { setTimeout(run, 0); }

  // An error of the page's own function stays the page's own: it is thrown, but holds up nobody else.
  function run(task) {
    try {
      if (typeof task === 'function') { task.call(null); }
    } catch (error) {
      later(function () { throw error; });
    }
  }

  function put(names, library, make) {
    names.forEach(function (name) { if (!(name in library)) { library[name] = make(); } });
  }

  function install(name) {
    var library = window[name] = window[name] || {};
    var handlers = {}, config = {}, auctions = 0;

    function emit(event, data) {
      (handlers[event] || []).slice().forEach(function (handler) { run(function () { handler(data); }); });
    }

    library.libLoaded = true;
    library.version = library.version || 'v9.0.0';
    library.installedModules = library.installedModules || [];
    library.adUnits = library.adUnits || [];
    library.bidderSettings = library.bidderSettings || {};
    library.rp = library.rp || { requestBids: function (options) { later(function () { run((options || {}).callback); }); } };

    library.addAdUnits = function (units) {
      library.adUnits = library.adUnits.concat(units || []);
      emit('addAdUnits');
    };
    library.removeAdUnit = function (codes) {
      var gone = [].concat(codes || []);
      library.adUnits = codes ? library.adUnits.filter(function (unit) { return gone.indexOf(unit.code) < 0; }) : [];
    };
    library.requestBids = function (options) {
      options = options || {};
      var id = options.auctionId || 'no-auction-' + (++auctions);
      return new Promise(function (resolve) {
        later(function () {
          emit('auctionInit', { auctionId: id, adUnits: [], bidderRequests: [] });
          emit('auctionEnd', { auctionId: id, adUnits: [], bidsReceived: [], noBids: [], winningBids: [] });
          if (typeof options.bidsBackHandler === 'function') {
            run(function () { options.bidsBackHandler({}, false, id); });
          }
          resolve({ bids: {}, timedOut: false, auctionId: id });
        });
      });
    };
    library.requestBids.before = library.requestBids.after = function () {};
    library.setConfig = library.mergeConfig = function (more) { Object.assign(config, more); };
    library.getConfig = library.readConfig = function (key, callback) {
      if (typeof key === 'function') { return function () {}; }
      if (typeof callback === 'function') { return function () {}; }
      return typeof key === 'string' ? config[key] : config;
    };
    library.onEvent = function (event, handler) { (handlers[event] = handlers[event] || []).push(handler); };
    library.offEvent = function (event, handler) {
      handlers[event] = (handlers[event] || []).filter(function (known) { return known !== handler; });
    };
    library.getAdserverTargetingForAdUnitCodeStr = function () { return ''; };
    library.getHighestUnusedBidResponseForAdUnitCode = function () { return {}; };
    // A player asks for the tag that it would have asked for anyway.
    var video = library.adServers = library.adServers || {};
    ['dfp', 'gam'].forEach(function (name) {
      video[name] = video[name] || {};
      video[name].buildVideoUrl = function (options) { return (options && options.url) || ''; };
      video[name].buildAdpodVideoUrl = function (options) {
        later(function () { run(function () { options.callback(null, ''); }); });
      };
    });
    put(objects, library, function () { return function () { return {}; }; });
    put(lists, library, function () { return function () { return []; }; });
    put(bidLists, library, function () { return function () { return { bids: [] }; }; });
    put(promises, library, function () { return function () { return Promise.resolve({}); }; });
    put(methods, library, function () { return function () {}; });

    function queue() {
      return { length: 0, push: function () { [].forEach.call(arguments, run); return 0; } };
    }
    ['que', 'cmd'].forEach(function (key) {
      var waiting = Array.isArray(library[key]) ? library[key] : [];
      library[key] = queue();
      waiting.forEach(run);
    });
    library.processQueue = function () {};
  }

  var names = (window._pbjsGlobals || []).concat('pbjs');
  // A page that renamed the library has left a queue under the new name.
  Object.keys(window).forEach(function (name) {
    var value = /pbjs|prebid/i.test(name) && window[name];
    if (value && typeof value === 'object' && Array.isArray(value.que)) { names.push(name); }
  });
  window._pbjsGlobals = names.filter(function (name, at) { return names.indexOf(name) === at; });
  window._pbjsGlobals.forEach(install);
})();
