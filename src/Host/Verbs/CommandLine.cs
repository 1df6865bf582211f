using System.Collections;
using System.Data.Common;
using System.Runtime.InteropServices;
using UserManagement.Host.Settings;
using UserManagement.Simulator;
using UserManagement.Storage;

namespace UserManagement.Host.Verbs;

/// <summary>The table of verbs, and how the command line is read.</summary>
internal static class CommandLine
{
    /// <summary>All verbs, in the order of the help.</summary>
    public static IReadOnlyList<Verb> Verbs { get; } =
    [
        ServeVerb.Serve,
        DatabaseVerbs.Migrate,
        BackupVerbs.Backup,
        BackupVerbs.Restore,
        BackupVerbs.Restored,
        KeyVerbs.Renew,
        KeyVerbs.Rotate,
        KeyVerbs.Lost,
        WorkspaceVerbs.Create,
        WorkspaceVerbs.List,
        WorkspaceVerbs.Rename,
        PresetVerbs.Switch,
        PlanVerbs.Show,
        PlanVerbs.Set,
        DeclaredVerbs.Export,
        DeclaredVerbs.Apply,
        ScimTokenVerbs.Create,
        ScimTokenVerbs.List,
        ScimTokenVerbs.Revoke,
        ScimLogVerbs.Log,
        PortalLinkVerbs.Create,
        PortalLinkVerbs.List,
        PortalLinkVerbs.Revoke,
        ApiKeyVerbs.Create,
        ApiKeyVerbs.List,
        ApiKeyVerbs.Revoke,
        ConnectionVerbs.List,
        ConnectionVerbs.Create,
        ConnectionVerbs.Change,
        ConnectionVerbs.Failures,
        ConnectionVerbs.Remove,
        PolicyVerbs.Show,
        PolicyVerbs.Set,
        ClientVerbs.Create,
        ClientVerbs.Change,
        ClientVerbs.List,
        ClientVerbs.Remove,
        ClientVerbs.Secret,
        ClientVerbs.RotateKeys,
        DomainVerbs.Allow,
        DomainVerbs.List,
        DomainVerbs.Verify,
        RuleVerbs.List,
        UndoVerbs.Undo,
        HeldVerbs.List,
        HeldVerbs.Decide,
        ApprovalVerbs.List,
        ApprovalVerbs.Approve,
        ApprovalVerbs.Reject,
        WebhookVerbs.Create,
        WebhookVerbs.List,
        WebhookVerbs.Remove,
        WorkspaceVerbs.InviteAdmin,
        MfaVerbs.Reset,
        AccessVerbs.Show,
        PersonVerbs.Export,
        PersonVerbs.Receipts,
        PersonVerbs.Erase,
        AuditVerbs.Key,
        AuditVerbs.Export,
        AuditVerbs.Verify,
        OperatorVerbs.Allow,
        OperatorVerbs.Revoke,
        OperatorVerbs.List,
        OperatorVerbs.CreateKey,
        OperatorVerbs.ListKeys,
        OperatorVerbs.RevokeKey,
        OutboxVerbs.List,
        OutboxVerbs.Retry,
        DatabaseVerbs.Verify,
        ReadyVerb.Ready,
    ];

    /// <summary>Runs what the words say. Exit codes: 0 done, 1 refused or differing, 2 wrong usage or settings.</summary>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        try
        {
            if (args is ["simulate", ..])
            {
                using var stop = new CancellationTokenSource();
                using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Stop(signal, stop));
                using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(signal, stop));
                return await SimulateCommand.RunAsync(args[1..], output, error, stop.Token);
            }

            var words = args.TakeWhile(a => !a.StartsWith('-')).ToList();
            var asksHelp = args.Any(a => a is "--help" or "-h" or "-?") || words is ["help", ..];
            var verb = words is ["help", ..] ? Find(words[1..]) : Find(words);
            if (asksHelp)
            {
                await output.WriteAsync(
                    verb is null || (words.Count == 0 && verb == ServeVerb.Serve)
                        ? Help.All(Verbs, words is ["help", ..] ? words[1..] : words)
                        : Help.Of(verb)
                );
                return Exit.Done;
            }

            if (verb is null)
            {
                throw new UsageException($"There is no verb {string.Join(' ', words.Take(2))}. `--help` lists all.");
            }

            return await verb.RunAsync(Read(verb, args[Words(verb, words)..], output, error), CancellationToken.None);
        }
        catch (Exception e) when (e is UsageException or SettingsException or StorageException)
        {
            await error.WriteLineAsync(e.Message);
            return e is StorageException ? Exit.Refused : Exit.Usage;
        }
        catch (DbException e)
        {
            await error.WriteLineAsync($"The database does not answer: {e.Message}");
            return Exit.Refused;
        }
    }

    private static Verb? Find(List<string> words) =>
        words.Count == 0
            ? ServeVerb.Serve
            : Enumerable
                .Range(1, 3)
                .Reverse()
                .Select(n => Verbs.FirstOrDefault(v => v.Name == string.Join(' ', words.Take(n))))
                .FirstOrDefault(v => v is not null);

    private static int Words(Verb verb, List<string> words) => words.Count == 0 ? 0 : verb.Name.Split(' ').Length;

    private static VerbCall Read(Verb verb, string[] args, TextWriter output, TextWriter error)
    {
        var operands = new List<string>();
        var options = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < args.Length; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal))
            {
                operands.Add(args[i]);
                continue;
            }

            var (name, value) = args[i].IndexOf('=', StringComparison.Ordinal) is > 0 and var at
                ? (args[i][2..at], args[i][(at + 1)..])
                : (args[i][2..], null);
            var option = verb
                .Options.FirstOrDefault(o => o.Option.Split(' ')[0][2..].Equals(name, StringComparison.OrdinalIgnoreCase))
                .Option;
            var own = option is not null;
            if (!own && SettingNames.Find(name) is null)
            {
                throw new UsageException($"There is no option --{name}. `{verb.Name} --help` lists all.");
            }

            if (value is null && option?.Contains(' ', StringComparison.Ordinal) == false)
            {
                value = "true"; // a switch
            }

            if (value is null && ++i < args.Length)
            {
                value = args[i];
            }

            (own ? options : settings)[name] = value ?? throw new UsageException($"--{name} wants a value.");
        }

        return operands.Count == verb.Operands
            ? new(operands, options, HostSettings.Read(Environment.GetEnvironmentVariables(), settings), output, error)
            : throw new UsageException($"Usage: {verb.Name} {verb.Usage}".TrimEnd() + $"\n`{verb.Name} --help` tells more.");
    }

    private static void Stop(PosixSignalContext signal, CancellationTokenSource stop)
    {
        signal.Cancel = true;
        stop.Cancel();
    }
}
