// The site's own code: what it asks of the library is no inline script, so only the library's requests can be stopped.
window.pbjs = window.pbjs || {};
pbjs.que = pbjs.que || [];
pbjs.que.push(function () {
  pbjs.addAdUnits([
    {
      code: "top",
      mediaTypes: { banner: { sizes: [[728, 90]] } },
      bids: [
        { bidder: "appnexus", params: { placementId: 13144370 } },
        { bidder: "rubicon", params: { accountId: 1001, siteId: 113932, zoneId: 535510 } },
      ],
    },
  ]);
  pbjs.requestBids({
    timeout: 1500,
    bidsBackHandler: function (bids) {
      document.title = "auction over";
      window.bids = Object.keys(bids || {}).length;
    },
  });
});
if (pbjs.processQueue) pbjs.processQueue();
