zfs
clone
-o
keylocation=prompt
k/vv@T
k/vv7
