zfs
snapshot
--
k/-dash@-s
