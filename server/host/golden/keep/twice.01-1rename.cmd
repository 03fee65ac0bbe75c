zfs
rename
k/t
k/t.b1
