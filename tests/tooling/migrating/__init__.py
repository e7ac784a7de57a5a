"""Every migration, run on a database that is full and in use: for how long did it keep others from writing?"""
