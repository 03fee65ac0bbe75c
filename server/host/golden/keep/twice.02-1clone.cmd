zfs
clone
k/t.b1@b
k/t
