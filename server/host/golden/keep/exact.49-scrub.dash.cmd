zpool
scrub
--
k
