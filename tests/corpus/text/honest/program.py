import json

def ad_units(pbjs):
    """Lists the ad units of a page."""
    adUnits = pbjs["adUnits"]
    adUnits.append({"bidder": "appnexus", "params": {"placementId": 7}})
    return json.dumps(adUnits)
