zfs
rename
k/t
k/t.b2
