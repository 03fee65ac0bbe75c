zfs
snapshot
k/b@x
k/s@x
k/none@x
