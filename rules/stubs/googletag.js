// Google Publisher Tag without ads: commands run, calls chain, slots are told to be empty.
(function () {
  'use strict';
  var googletag = window.googletag = window.googletag || {};
  if (googletag.apiReady) { return; }
  var slots = [], listeners = {};

  function later(run) { setTimeout(run, 0); }

  function run(task) {
    try {
      if (typeof task === 'function') { task.call(googletag); }
    } catch (error) {
      later(function () { throw error; });
    }
  }

  // An object whose methods do nothing and return it, so that calls chain.
  function chainable(names, object) {
    names.split(' ').forEach(function (name) { object[name] = object[name] || function () { return object; }; });
    return object;
  }

  function targeting(object) {
    var values = {};
    object.setTargeting = function (key, value) { values[key] = [].concat(value).map(String); return object; };
    object.getTargeting = function (key) { return values[key] || []; };
    object.getTargetingKeys = function () { return Object.keys(values); };
    object.getTargetingMap = function () { return Object.assign({}, values); };
    object.clearTargeting = function (key) {
      if (key === undefined) { values = {}; } else { delete values[key]; }
      return object;
    };
    object.updateTargetingFromMap = function (map) {
      Object.keys(map || {}).forEach(function (key) { object.setTargeting(key, map[key]); });
      return object;
    };
    return object;
  }

  function emit(name, slot) {
    var event = {
      slot: slot, serviceName: 'publisher_ads', isEmpty: true, size: null, advertiserId: null, campaignId: null,
      creativeId: null, lineItemId: null, isBackfill: false, slotContentChanged: false, inViewPercentage: 0
    };
    (listeners[name] || []).slice().forEach(function (listener) { run(function () { listener(event); }); });
  }

  function empty(slot) {
    later(function () {
      ['slotRequested', 'slotResponseReceived', 'slotRenderEnded'].forEach(function (name) { emit(name, slot); });
    });
  }

  function defineSlot(path, size, id) {
    var slot = targeting({});
    slot.getAdUnitPath = function () { return path; };
    slot.getSlotElementId = function () { return id || ''; };
    slot.getSlotId = function () {
      return chainable('', { getId: slot.getSlotElementId, getDomId: slot.getSlotElementId, getName: slot.getAdUnitPath, getAdUnitPath: slot.getAdUnitPath });
    };
    slot.getSizes = function () { return []; };
    slot.getServices = function () { return [pubads]; };
    slot.getOutOfPage = function () { return false; };
    ['getAttributeKeys', 'getCategoryExclusions'].forEach(function (name) { slot[name] = function () { return []; }; });
    ['get', 'getClickUrl', 'getContentUrl', 'getResponseInformation', 'getHtml'].forEach(function (name) {
      slot[name] = function () { return null; };
    });
    slot.getConfig = function () { return {}; };
    chainable('addService set setCategoryExclusion clearCategoryExclusions setClickUrl setCollapseEmptyDiv ' +
      'setForceSafeFrame setSafeFrameConfig defineSizeMapping setConfig setContent setInterstitialTriggers', slot);
    slots.push(slot);
    return slot;
  }

  function service(name, more) {
    var object = targeting({ getName: function () { return name; }, getSlots: function () { return slots.slice(); } });
    object.getSlotIdMap = function () { return {}; };
    object.addEventListener = function (event, listener) { (listeners[event] = listeners[event] || []).push(listener); return object; };
    object.removeEventListener = function (event, listener) {
      var known = listeners[event] || [], at = known.indexOf(listener);
      if (at >= 0) { known.splice(at, 1); }
      return at >= 0;
    };
    return chainable(more, object);
  }

  var pubads = service('publisher_ads', 'enableSingleRequest disableInitialLoad enableLazyLoad collapseEmptyDivs clear ' +
    'enableAsyncRendering enableSyncRendering enableVideoAds set setCategoryExclusion clearCategoryExclusions ' +
    'setCentering setCookieOptions setForceSafeFrame setLocation setPrivacySettings setPublisherProvidedId ' +
    'setRequestNonPersonalizedAds setSafeFrameConfig setTagForChildDirectedTreatment setTagForUnderAgeOfConsent ' +
    'clearTagForChildDirectedTreatment setVideoContent updateCorrelator setImaContent markAsAmp forceExperiment ' +
    'setPublisherPrivacySettings definePassback');
  pubads.refresh = function (some) { (some || slots).forEach(empty); };
  pubads.display = function (path, size, id) { empty(defineSlot(path, size, id)); };
  pubads.isInitialLoadDisabled = function () { return false; };
  pubads.isSRA = function () { return true; };
  pubads.getVersion = function () { return ''; };
  pubads.getCorrelator = function () { return ''; };
  pubads.get = function () { return null; };
  pubads.getAttributeKeys = function () { return []; };
  pubads.getVideoContent = function () { return null; };
  pubads.getImaContent = function () { return { vid: '', cmsid: '' }; };
  var companions = service('companion_ads', 'enableSyncLoading setRefreshUnfilledSlots');
  companions.getDisplayAdsCorrelator = function () { return ''; };
  companions.isSlotAPersistentRoadblock = function () { return false; };
  companions.getVideoStreamCorrelator = function () { return 0; };
  var content = service('content', 'setContent');

  googletag.pubads = function () { return pubads; };
  googletag.companionAds = function () { return companions; };
  googletag.content = function () { return content; };
  googletag.defineSlot = defineSlot;
  googletag.defineUnit = defineSlot;
  googletag.defineOutOfPageSlot = function (path, id) { return defineSlot(path, [], typeof id === 'string' ? id : ''); };
  googletag.sizeMapping = function () {
    var mapping = [];
    return { addSize: function (view, size) { mapping.push([view, size]); return this; }, build: function () { return mapping; } };
  };
  googletag.display = function (target) {
    var id = typeof target === 'string' ? target : target && (target.id || target.getSlotElementId && target.getSlotElementId());
    slots.filter(function (slot) { return slot.getSlotElementId() === id; }).forEach(empty);
  };
  googletag.destroySlots = function (some) {
    slots = some ? slots.filter(function (slot) { return some.indexOf(slot) < 0; }) : [];
    return true;
  };
  googletag.enableServices = googletag.disablePublisherConsole = googletag.openConsole = function () {};
  googletag.setAdIframeTitle = googletag.setConfig = function () {};
  googletag.getConfig = function () { return {}; };
  googletag.getVersion = function () { return ''; };
  googletag.secureSignalProviders = { push: function () {}, clearAllCache: function () {} };
  googletag.enums = googletag.enums || {
    OutOfPageFormat: { TOP_ANCHOR: 2, BOTTOM_ANCHOR: 3, REWARDED: 4, INTERSTITIAL: 5, GAME_MANUAL_INTERSTITIAL: 7, LEFT_SIDE_RAIL: 8, RIGHT_SIDE_RAIL: 9 },
    TrafficSource: { PURCHASED: 1, ORGANIC: 2 }
  };

  var waiting = Array.isArray(googletag.cmd) ? googletag.cmd : [];
  googletag.cmd = { length: 0, push: function () { [].forEach.call(arguments, run); return waiting.length; } };
  googletag.apiReady = googletag.pubadsReady = true;
  waiting.forEach(run);
})();
