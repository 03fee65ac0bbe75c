zfs
clone
k2/v.before@T
k2/v
