zpool
scrub
nosuch
