zfs
unload-key
k/e/r
