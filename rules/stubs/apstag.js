// Amazon Publisher Services without bids: callbacks are called with none.
(function () {
  'use strict';
  var old = window.apstag || {};

  function call(callback, value) {
    if (typeof callback === 'function') { setTimeout(function () { callback(value); }, 0); }
  }

  function nothing() {}

  var apstag = window.apstag = {
    init: function (config, callback) { call(callback); },
    fetchBids: function (config, callback) { call(callback, []); return Promise.resolve([]); },
    renderImp: nothing, setDisplayBids: nothing, debug: nothing, punt: nothing, nativeContent: nothing, thirdPartyData: nothing,
    targetingKeys: function () { return []; },
    bids: function () { return []; },
    // Consent and identity: whoever asks goes on.
    rpa: function (config, callback) { call(callback); },
    upa: function (config, callback) { call(callback); },
    dpa: function (callback) { call(callback); },
    hpa: nothing, customPlacements: function () { return { addStyle: nothing }; },
    queue: { push: function (task) { if (typeof task === 'function') { task(); } } },
    _Q: [], _ver: ''
  };
  var methods = { i: 'init', f: 'fetchBids', rpa: 'rpa', upa: 'upa', dpa: 'dpa', s: 'setDisplayBids' };
  (old._Q || []).forEach(function (entry) {
    var method = methods[entry[0]];
    if (method) { apstag[method].apply(apstag, entry[1]); }
  });
  (Array.isArray(old.queue) ? old.queue : []).forEach(apstag.queue.push);
})();
