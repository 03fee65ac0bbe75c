zfs
hold
h
k/b@T
k/l@none
k/q@none
