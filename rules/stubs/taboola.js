// Taboola without recommendations: the queue takes commands and does nothing, listeners are kept from waiting.
(function () {
  'use strict';
  var waiting = Array.isArray(window._taboola) ? window._taboola : [];

  function push(command) {
    var done = command && (command.callback || command.onRender);
    if (typeof done === 'function') { setTimeout(done, 0); }
    return 0;
  }

  window._taboola = { length: 0, push: function () { [].forEach.call(arguments, push); return 0; }, loaded: true };
  window.TRC = window.TRC || { implRegistry: {}, dispatch: function () {}, listen: function () {} };
  window.TRCImpl = window.TRCImpl || { global: {} };
  waiting.forEach(push);
})();
