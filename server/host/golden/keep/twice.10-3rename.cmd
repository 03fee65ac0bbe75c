zfs
rename
k/t
k/t.x
