pbjs.que.push(function () {
  pbjs.addAdUnits([{
    code: "dynamic-side",
    mediaTypes: { banner: { sizes: [[160, 600]] } },
    bids: [{ bidder: "openx", params: { unit: "540001001", delDomain: "harbour-d.openx.net" } }]
  }]);
});
