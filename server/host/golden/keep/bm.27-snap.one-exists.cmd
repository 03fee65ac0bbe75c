zfs
snapshot
k/b@T2
k/s@yy
