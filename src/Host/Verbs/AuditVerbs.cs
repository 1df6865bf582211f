using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Data;

namespace UserManagement.Host.Verbs;

/// <summary>The verbs about the sealed audit log.</summary>
internal static class AuditVerbs
{
    public static Verb Key { get; } =
        new(
            "audit key",
            "",
            "Prints the public key by which audit logs are checked",
            """
            The server signs the end of each audit log's chain with a key that follows from the master key. Keep the public one where whoever
            checks can trust it: apart from this server. Where the master key was changed the public keys of before follow it.

              usermanagement audit key > audit-key.pem
            """,
            0,
            [],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                await call.Out.WriteLineAsync(AuditSigner.PublicKey(core.Act<Store>().Box));
                await using var db = core.Act<Store>().Read();
                if (await db.Marks.Where(m => m.Name == Mark.FormerAuditKeys).Select(m => m.Value).FirstOrDefaultAsync(ct) is { } former)
                {
                    await call.Out.WriteLineAsync(former.TrimEnd());
                }

                return Exit.Done;
            }
        );

    public static Verb Export { get; } =
        new(
            "audit export",
            "SLUG",
            "Prints a workspace's sealed audit log as JSON lines",
            """
            Every line in the order of the chain, with its digest and the chain's value, and the signed head at the end. `audit verify` checks
            it anywhere. Lines of the last seconds may not be sealed yet and are left out. Data of people who were erased is not in it.

              usermanagement audit export acme > acme.jsonl
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

                await core.Act<SealAudit>().RunAsync(ct);
                var export = await core.Act<ExportAudit>().RunAsync(Actor.Operator, workspace.Id, call.Out, ct);
                return export.Is(out _, out var refusal) ? Exit.Done : await call.RefuseAsync(refusal);
            }
        );

    public static Verb Verify { get; } =
        new(
            "audit verify",
            "FILE",
            "Checks an exported audit log, without the server or its database",
            """
            With nothing but the file and the public key: that no line is missing, none was added, and none says anything else than when it
            was written. With heads that were kept elsewhere (Audit:HeadsFile) also that the log was not made anew.

              usermanagement audit verify acme.jsonl --key audit-key.pem
              usermanagement audit verify acme.jsonl --key audit-key.pem --heads heads.jsonl
            """,
            1,
            [("--key FILE", "The public key, from `audit key`; must be given"), ("--heads FILE", "Heads that were kept")],
            async (call, ct) =>
            {
                if (call.Option("key") is not { } key)
                {
                    throw new UsageException("audit verify wants --key FILE: the public key of `audit key`.");
                }

                var files = new[] { call.Operands[0], key, call.Option("heads") };
                if (Array.Find(files, f => f is not null && !File.Exists(f)) is { } missing)
                {
                    return await call.RefuseAsync(Refusal.Invalid("file", $"There is no file {missing}."));
                }

                using var export = new StreamReader(files[0]!);
                using var heads = files[2] is { } kept ? new StreamReader(kept) : null;
                var proof = await AuditProof.CheckAsync(export, await File.ReadAllTextAsync(key, ct), heads, ct);
                if (proof.Fault is { } fault)
                {
                    await call.Error.WriteLineAsync($"{fault} {proof.Lines} lines before it agree.");
                    return Exit.Refused;
                }

                await call.Out.WriteLineAsync(
                    $"{proof.Lines} lines agree with the head of {proof.Last!.At:yyyy-MM-dd HH:mm:ss} UTC; {proof.Erased} of them are erased{(heads is null ? "" : $"; {proof.Heads} kept heads agree")}."
                );
                return Exit.Done;
            }
        );
}
