// AdSense without ads: places are marked as unfilled, whoever waits for the library is told that it is ready.
(function () {
  'use strict';
  var waiting = Array.isArray(window.adsbygoogle) ? window.adsbygoogle : [];

  function call(callback, value) {
    if (typeof callback === 'function') { setTimeout(function () { callback(value); }, 0); }
  }

  function mark() {
    var places = document.querySelectorAll('ins.adsbygoogle:not([data-adsbygoogle-status])');
    if (places.length) {
      places[0].setAttribute('data-adsbygoogle-status', 'done');
      places[0].setAttribute('data-ad-status', 'unfilled');
    }
  }

  function push(options) {
    options = options || {};
    call(options.onReady);
    call(options.beforeReward && options.adDismissed);
    call(options.adBreakDone, { breakType: options.type, breakName: options.name, breakFormat: '', breakStatus: 'notReady' });
    if (!options.type && !('preloadAdBreaks' in options)) { mark(); }
    return 0;
  }

  window.adsbygoogle = { loaded: true, length: 0, push: push, requestNonPersonalizedAds: 0, pauseAdRequests: 0 };
  window.adBreak = window.adBreak || push;
  window.adConfig = window.adConfig || push;
  waiting.forEach(push);
})();
