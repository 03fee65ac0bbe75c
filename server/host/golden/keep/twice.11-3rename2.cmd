zfs
rename
k/t.b1
k/t
