SELECT bidder, count(*) AS n FROM bids WHERE page = 'x' AND source = 'pbjs' GROUP BY bidder HAVING count(*) > 10;
