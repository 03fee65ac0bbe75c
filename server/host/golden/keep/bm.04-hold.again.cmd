zfs
hold
h
k/b@T
