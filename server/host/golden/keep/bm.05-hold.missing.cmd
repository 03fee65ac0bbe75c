zfs
hold
h
k/b@none
