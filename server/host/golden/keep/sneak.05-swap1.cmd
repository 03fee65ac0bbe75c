zfs
rename
k/s
k/s.after
