// Leans on a global of the page.
pbjs.que.push(function () {
  pbjs.addAdUnits([{
    code: "external-" + section,
    mediaTypes: { banner: { sizes: [[728, 90]] } },
    bids: [{ bidder: "rubicon", params: { accountId: 14001, siteId: 27001, zoneId: 91001 } }]
  }]);
});
