pbjs.que.push(function () {
  pbjs.addAdUnits([{
    code: "deferred-footer",
    mediaTypes: { banner: { sizes: [[320, 50]] } },
    bids: [{ bidder: "ix", params: { siteId: "551001", size: [320, 50] } }]
  }]);
});
