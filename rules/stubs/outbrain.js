// Outbrain without recommendations: the public functions are there and do nothing.
(function () {
  'use strict';
  var library = window.OBR = window.OBR || {};
  var extern = library.extern = library.extern || {};
  ('researchWidget reloadWidget refreshWidget renderSpaWidgets dispatchWidgetEvent onOdbReturn closeCard ' +
    'getDetectedIds getAdvertiserId getPublisherId callClick callRecs callLoadMore onVideoClick videoClicked ' +
    'cancelRecs cancelUid callUserZapping imageError externalListeners receiveRecs showPreview setGdpr').split(' ')
    .forEach(function (name) { extern[name] = extern[name] || function () {}; });
  extern.returnedHtmlData = extern.returnedJsonData = extern.returnedError = extern.returnedIrdData = function () {};
  library.ready = library.printLog = library.error = function () {};
  ['OBREvents', 'OBRFlags'].forEach(function (name) { window[name] = window[name] || {}; });
})();
