zfs
snapshot
k2/v@T2
