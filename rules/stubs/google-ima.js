// The IMA SDK without ads: a player that asks for ads is told that there are none, and plays.
(function () {
  'use strict';
  var google = window.google = window.google || {};
  if (google.ima && google.ima.VERSION) { return; }

  function nothing() {}

  function type(methods, more) {
    var made = function () { this.listeners = {}; };
    methods.split(' ').filter(Boolean).forEach(function (name) { made.prototype[name] = nothing; });
    made.prototype.addEventListener = function (events, listener, options, scope) {
      var all = this.listeners;
      [].concat(events).forEach(function (event) { (all[event] = all[event] || []).push(scope ? listener.bind(scope) : listener); });
    };
    made.prototype.removeEventListener = function (event, listener) {
      this.listeners[event] = (this.listeners[event] || []).filter(function (known) { return known !== listener; });
    };
    Object.assign(made.prototype, more);
    return made;
  }

  function AdError() {}
  AdError.prototype = {
    getErrorCode: function () { return 1009; }, getVastErrorCode: function () { return 303; },
    getMessage: function () { return 'No ads'; }, getType: function () { return 'adLoadError'; },
    getInnerError: function () { return null; }, toString: function () { return 'AdError 1009: no ads'; }
  };
  AdError.Type = { AD_LOAD: 'adLoadError', AD_PLAY: 'adPlayError' };
  AdError.ErrorCode = { VAST_EMPTY_RESPONSE: 1009, VAST_NO_ADS_AFTER_WRAPPER: 303, UNKNOWN_ERROR: 900 };

  function AdErrorEvent(context) { this.context = context; this.type = 'adError'; }
  AdErrorEvent.prototype = {
    getError: function () { return new AdError(); }, getUserRequestContext: function () { return this.context || {}; }
  };
  AdErrorEvent.Type = { AD_ERROR: 'adError' };

  var settings = {};
  ['AutoPlayAdBreaks', 'CompanionBackfill', 'DisableCustomPlaybackForIOS10Plus', 'Locale', 'NumRedirects', 'PlayerType',
    'PlayerVersion', 'Ppid', 'VpaidMode', 'VpaidAllowed', 'FeatureFlags', 'CookiesEnabled', 'SessionId', 'StreamCorrelator'
  ].forEach(function (name) {
    settings['set' + name] = function (value) { settings['_' + name] = value; };
    settings['get' + name] = settings['is' + name] = function () { return settings['_' + name]; };
  });

  var AdsLoader = type('contentComplete destroy', {
    getSettings: function () { return settings; }, getVersion: function () { return google.ima.VERSION; },
    requestAds: function (request, context) {
      var listeners = this.listeners;
      setTimeout(function () {
        (listeners.adError || []).slice().forEach(function (listener) { listener(new AdErrorEvent(context)); });
      }, 0);
    }
  });

  function names(list) {
    var made = {};
    list.split(' ').forEach(function (name) {
      made[name] = name.toLowerCase().replace(/_(.)/g, function (all, letter) { return letter.toUpperCase(); });
    });
    return made;
  }

  var AdEvent = type(''), AdsManagerLoadedEvent = type('');
  AdEvent.Type = names('AD_BREAK_READY AD_BREAK_FETCH_ERROR AD_BUFFERING AD_CAN_PLAY AD_METADATA AD_PROGRESS ALL_ADS_COMPLETED CLICK COMPLETE ' +
    'CONTENT_PAUSE_REQUESTED CONTENT_RESUME_REQUESTED DURATION_CHANGE FIRST_QUARTILE IMPRESSION INTERACTION LINEAR_CHANGED LOADED LOG ' +
    'MIDPOINT PAUSED RESUMED SKIPPABLE_STATE_CHANGED SKIPPED STARTED THIRD_QUARTILE USER_CLOSE VIDEO_CLICKED VIDEO_ICON_CLICKED ' +
    'VIEWABLE_IMPRESSION VOLUME_CHANGED VOLUME_MUTED');
  AdsManagerLoadedEvent.Type = { ADS_MANAGER_LOADED: 'adsManagerLoaded' };

  google.ima = Object.assign(google.ima || {}, {
    VERSION: '3.0.0', settings: settings, ImaSdkSettings: function () { return settings; },
    AdDisplayContainer: type('initialize destroy'), AdsLoader: AdsLoader, AdError: AdError, AdErrorEvent: AdErrorEvent,
    AdsRequest: type('setAdWillAutoPlay setAdWillPlayMuted setContinuousPlayback'),
    AdsRenderingSettings: type(''), AdEvent: AdEvent, AdsManagerLoadedEvent: AdsManagerLoadedEvent,
    AdsManager: type('collapse configureAdsManager destroy discardAdBreak expand init pause resize resume setVolume skip start stop updateAdsRenderingSettings', {
      getAdSkippableState: function () { return false; }, getCuePoints: function () { return []; },
      getRemainingTime: function () { return 0; }, getVolume: function () { return 1; }, isCustomClickTrackingUsed: function () { return false; }
    }),
    CompanionAdSelectionSettings: type(''), UiElements: { AD_ATTRIBUTION: 'adAttribution', COUNTDOWN: 'countdown' },
    ViewMode: { FULLSCREEN: 'fullscreen', NORMAL: 'normal' },
    OmidAccessMode: { DOMAIN: 'domain', FULL: 'full', LIMITED: 'limited' },
    dai: { api: {} }
  });
  google.ima.ImaSdkSettings.VpaidMode = { DISABLED: 0, ENABLED: 1, INSECURE: 2 };
  google.ima.ImaSdkSettings.CompanionBackfillMode = { ALWAYS: 'always', ON_MASTER_AD: 'on_master_ad' };
})();
