zfs
snapshot
--
k/x@dash
