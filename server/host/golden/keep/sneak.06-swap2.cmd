zfs
rename
k/s.before
k/s
