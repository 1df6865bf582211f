using System.Globalization;
using UserManagement.Drills.Chaos;
using UserManagement.Drills.Failover;
using UserManagement.Drills.Faults;
using UserManagement.Drills.Soak;
using UserManagement.Drills.TwoBuilds;

return args switch
{
    ["two-builds", var older, var newer] => await new TwoBuildsDrill(older, newer).RunAsync(),
    ["chaos", var build, .. var words] => await new ChaosRun(ChaosOptions.Read(build, words)).RunAsync(),
    ["failover", var build, var cluster, var folder, .. var faults] => await new FailoverRun(build, cluster, folder, faults).RunAsync(),
    ["faults", var build, var runs, .. var rows] => await new FaultsRun(
        build,
        rows,
        int.Parse(runs, CultureInfo.InvariantCulture)
    ).RunAsync(),
    ["soak", var build, var group, var figures, var minutes, var rate, var gcdump] => await new SoakRun(
        build,
        group,
        figures,
        TimeSpan.FromMinutes(int.Parse(minutes, CultureInfo.InvariantCulture)),
        int.Parse(rate, CultureInfo.InvariantCulture),
        gcdump
    ).RunAsync(),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine(
        """
        two-builds OLD NEW                                               a rolling upgrade and a rollback with two published builds
        chaos BUILD [postgres|sqlite] [--minutes N] [--seed N] [--rate N]   random requests while the configuration moves
        faults BUILD RUNS ROW...                                          writes with a ledger while servers, databases and disks fail
        soak BUILD CGROUP FIGURES MINUTES RATE GCDUMP                     a long moderate load with little memory
        failover BUILD CLUSTER FOLDER FAULT...                           writes with a ledger while the database's cluster loses nodes

        The scripts beside this project build what they need; see README.md.
        """
    );
    return 64;
}
