zfs
clone
k/i.before@a
k/i
