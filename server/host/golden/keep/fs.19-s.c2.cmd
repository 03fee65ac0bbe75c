zfs
rename
k/p/f.after/c2
k/p/f/c2
