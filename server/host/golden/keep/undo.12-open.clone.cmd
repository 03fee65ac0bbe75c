zfs
clone
k/u.before@T
k/u
