zfs
rename
k/p/f.before/v
k/p/f/v
