module adsieve-compare/fingerprint

go 1.19
