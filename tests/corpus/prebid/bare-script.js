// A script on its own, as it is saved beside a page.
// networks: prebid(header-bidding) teads(bidder)
(function (bids) {
  // unit: inread
  var unit = { code: "inread", bids: bids };
  // finds: prebid.global network=prebid
  window.pbjs.que.push(() => window.pbjs.addAdUnits([unit]));
// bid: teads {"pageId":1234,"placementId":5678}
})([{ bidder: "teads", params: { pageId: 1234, placementId: 5678 } }]);
