zfs
hold
h
k/b@T
k/b@none
