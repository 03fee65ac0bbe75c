zfs
rename
k/p/f.before/c1
k/p/f/c1
