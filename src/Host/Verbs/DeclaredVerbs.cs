using Microsoft.Extensions.Logging.Abstractions;
using UserManagement.Identity;
using UserManagement.Membership.Access;
using UserManagement.Membership.Declared;

namespace UserManagement.Host.Verbs;

/// <summary>The verbs by which a workspace is kept as a file.</summary>
internal static class DeclaredVerbs
{
    public static Verb Export { get; } =
        new(
            "workspace export",
            "SLUG",
            "Prints a workspace's settings as a file that can be applied",
            """
            JSON: the configuration with its roles, the groups that admins made, the group rules in their order, the workspace's own sign-in
            connections without their secrets, its e-mail domains. No people, and no secret.

              usermanagement workspace export acme > acme.json
            """,
            1,
            [],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                if (await WorkspaceVerbs.FindAsync(core, call.Operands[0], ct) is not { } workspace)
                {
                    return await call.RefuseAsync(WorkspaceVerbs.Missing(call.Operands[0]));
                }

                var read = await core.Act<ExportWorkspaceFile>().RunAsync(Actor.Operator, workspace.Id, ct);
                if (!read.Is(out var file, out var refusal))
                {
                    return await call.RefuseAsync(refusal);
                }

                await call.Out.WriteAsync(file.Write());
                return Exit.Done;
            }
        );

    public static Verb Apply { get; } =
        new(
            "workspace apply",
            "FILE [--plan]",
            "Makes a workspace like a file of `workspace export`",
            """
            With --plan it says what it would do, and does nothing. Applied again it does nothing. What is not in the file stays; a part that is
            left out is left alone; a workspace that is not there is made. It refuses what the pages refuse, and says at which place of the
            file; what was done before that stays, and the file can be applied again. A connection that is made gets its secret from the
            environment variable that its credentialVariable names.

              usermanagement workspace apply acme.json --plan
              ACME_ENTRA_SECRET=... usermanagement workspace apply acme.json
            """,
            1,
            [("--plan", "Say what would be done, and do nothing")],
            async (call, ct) =>
            {
                if (!File.Exists(call.Operands[0]))
                {
                    throw new UsageException($"There is no file {call.Operands[0]}.");
                }

                if (!WorkspaceFile.Read(await File.ReadAllTextAsync(call.Operands[0], ct)).Is(out var file, out var wrong))
                {
                    return await RefuseAsync(call, wrong);
                }

                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                using var probe = new ProviderProbe(core.Outbound, NullLogger<ProviderProbe>.Instance);
                var planOnly = call.Flag("plan");
                var done = await core.Act<ApplyWorkspaceFile>()
                    .RunAsync(ApplyWorkspaceFile.Operator, file, planOnly, Environment.GetEnvironmentVariable, probe.AskAsync, ct);
                if (!done.Is(out var applied, out var refusal))
                {
                    return await call.RefuseAsync(refusal);
                }

                foreach (var line in applied.Lines)
                {
                    await call.Out.WriteLineAsync((planOnly ? "would: " : "done: ") + line);
                }

                if (applied.Refused is { } refused)
                {
                    return await RefuseAsync(call, refused);
                }

                await call.Out.WriteLineAsync(
                    applied.Lines.Count == 0 ? $"{file.Workspace} is like the file: nothing to do."
                    : planOnly ? "Nothing was done."
                    : $"{file.Workspace} is like the file."
                );
                return Exit.Done;
            }
        );

    private static async Task<int> RefuseAsync(VerbCall call, Membership.Refusal refusal)
    {
        await call.Error.WriteLineAsync($"{call.Operands[0]}: {refusal.Field ?? "$"}: {refusal.Message}");
        return Exit.Refused;
    }
}
