zfs
rename
k/p/f.after/c1
k/p/f/c1
