zfs
clone
-o
keylocation=file:///root/key2
k/e/r@T
k/e/w2
