using UserManagement.Drills.Chaos;
using UserManagement.Drills.TwoBuilds;

return args switch
{
    ["two-builds", var older, var newer] => await new TwoBuildsDrill(older, newer).RunAsync(),
    ["chaos", var build, .. var words] => await new ChaosRun(ChaosOptions.Read(build, words)).RunAsync(),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine(
        """
        two-builds OLD NEW                                               a rolling upgrade and a rollback with two published builds
        chaos BUILD [postgres|sqlite] [--minutes N] [--seed N] [--rate N]   random requests while the configuration moves

        The scripts beside this project build what they need; see README.md.
        """
    );
    return 64;
}
