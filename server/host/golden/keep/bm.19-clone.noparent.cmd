zfs
clone
k/b@T2
k/no/such
