zfs
clone
k/t.b2@a
k/t
