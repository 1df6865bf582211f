using UserManagement.Drills.Chaos;
using UserManagement.Drills.Failover;
using UserManagement.Drills.TwoBuilds;

return args switch
{
    ["two-builds", var older, var newer] => await new TwoBuildsDrill(older, newer).RunAsync(),
    ["chaos", var build, .. var words] => await new ChaosRun(ChaosOptions.Read(build, words)).RunAsync(),
    ["failover", var build, var cluster, var folder, .. var faults] => await new FailoverRun(build, cluster, folder, faults).RunAsync(),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine(
        """
        two-builds OLD NEW                                               a rolling upgrade and a rollback with two published builds
        chaos BUILD [postgres|sqlite] [--minutes N] [--seed N] [--rate N]   random requests while the configuration moves
        failover BUILD CLUSTER FOLDER FAULT...                           writes with a ledger while the database's cluster loses nodes

        The scripts beside this project build what they need; see README.md.
        """
    );
    return 64;
}
