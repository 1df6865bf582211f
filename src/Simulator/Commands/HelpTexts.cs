namespace UserManagement.Simulator.Commands;

/// <summary>What <c>--help</c> prints.</summary>
public static class HelpTexts
{
    /// <summary>Help of <c>simulate</c>.</summary>
    public const string Simulate = """
        simulate: a directory that provisions people into a SCIM server, as the real one does.

          simulate entra --url URL --token TOKEN   Microsoft Entra ID's provisioning service
          simulate okta --url URL --token TOKEN    Okta: catalog apps and custom apps, group push, import
          simulate jumpcloud --url URL --token TOKEN
                                                   JumpCloud: the self-test at activation, then people by PUT
          simulate onelogin --url URL --token TOKEN
                                                   OneLogin: people from a template by PUT, groups imported and joined
          simulate check --ledger FILE --url URL --token TOKEN
                                                   was every acknowledged write of a run kept?

        It works against any SCIM 2.0 server, not only this one. Each verb explains itself with --help. A run ends with
        a report: the requests, the rules that the server broke (what was sent, what came back, what the directory
        would do then), and what the server holds beside what it should hold.

        Exit code: 0 everything as expected, 1 something was refused or is not as it should be, 2 wrong usage.

        """;

    /// <summary>Help of <c>simulate entra</c>.</summary>
    public const string Entra = """
        simulate entra: behaves as Microsoft Entra ID's provisioning service.

        It invents a directory (names from many scripts, apostrophes, guests with #EXT#), tests the connection with
        random ids, looks everybody up and creates them, sets managers, creates groups and fills them by PATCH, several
        at once. In a second cycle it renames, changes mails and managers, disables and restores people, takes members
        out of groups and deletes. At the end it reads the whole server and compares it with its own directory.

          --url URL        SCIM base address, e.g. http://localhost:5080/scim/v2/acme (what Entra calls Tenant URL)
          --token TOKEN    bearer token (Secret Token); or set SCIM_TOKEN, which keeps it out of the process list
          --token-url URL --client-id ID --client-secret SECRET
                           in place of a token: gets access tokens by client credentials, a new one before each ends;
                           the secret also from SCIM_CLIENT_SECRET
          --users N        people to invent                                            (200)
          --groups N       groups to invent                                            (20)
          --dialect NAME   how PATCH is written                                        (legacy)
                             legacy  what Entra sends by default: {"op":"Replace","path":"active","value":"False"},
                                     members removed by a list: {"op":"Remove","path":"members","value":[...]}
                             scim    what Entra sends once ?aadOptscim062020 is appended to the Tenant URL: lower-case
                                     ops, real booleans, one path-less replace with dotted keys, members removed by
                                     {"op":"remove","path":"members[value eq \"id\"]"}
                           One tenant can meet both: on-demand provisioning ignores the flag. So test both. A --url
                           that carries ?aadOptscim062020 chooses scim by itself; the flag is not sent on.
          --cycles N       1 is the initial cycle only, each further one is incremental (2)
          --scenario NAME  something goes wrong, in place of the later changes
                             mass-leave     very many people leave at once
                             group-emptied  groups lose all their members
                             rename-storm   names are asked for that others have, go round, and change twice more
                             wrong-mapping  names come from the wrong attribute: the same for all, empty for some
          --share N        for how many of a hundred people, or groups                 (30)
          --go-on          the people and groups are there from an earlier run with the same seed, users and groups:
                           nothing is created, they are taken as the server shows them
          --keep           delete nothing: those who leave stay disabled
          --seed N         the same seed invents the same directory and the same steps (drawn and printed)
          --parallel N     requests in flight at most                                  (4)
          --domain NAME    sign-in names lie under SEED.NAME, so runs do not meet      (contoso.example)
          --ledger FILE    append one JSON line per operation: acknowledged, refused or unknown, and what must be
                           visible afterwards. `simulate check` compares it with the server after a crash
          --json FILE      write the report as JSON, too
          --no-color       no colours (NO_COLOR is honoured as well)

        Requests answered 429, 502, 503, 504 or not at all are tried again for up to 60 seconds, Retry-After honoured.
        A create whose first answer was lost and that now meets 409 is looked up and adopted: counted as recovered.

        A server may hold what a scenario asks for until somebody decides: it then answers a leave with success and shows
        what was said, and the emptying of a group with 503 and Retry-After. Both are as expected.

        What is made stays on the server, so that you can look at it. A directory cannot be run twice on one server
        with the same seed: take another.

        Exit code: 0 everything as expected, 1 something refused, a rule broken or a count not met, 2 wrong usage.

        Example
          simulate entra --url http://localhost:5080/scim/v2/acme --token ... --users 200 --groups 20 --dialect scim

        """;

    /// <summary>What the directories beside Entra have in common: the last options, what is tried again, exit codes.</summary>
    private const string Common = """
          --seed N         the same seed invents the same directory and the same steps (drawn and printed)
          --parallel N     requests in flight at most                                  (4)
          --domain NAME    sign-in names lie under SEED.NAME, so runs do not meet      (contoso.example)
          --ledger FILE    append one JSON line per operation; `simulate check` compares it with the server after a crash
          --json FILE      write the report as JSON, too
          --no-color       no colours (NO_COLOR is honoured as well)

        Requests answered 429, 502, 503, 504 or not at all are tried again for up to 60 seconds, Retry-After honoured.
        What is made stays on the server. A directory cannot be run twice on one server with the same seed.

        Exit code: 0 everything as expected, 1 something refused, a rule broken or a count not met, 2 wrong usage.
        """;

    /// <summary>Help of <c>simulate okta</c>.</summary>
    public const string Okta = $$$$"""
        simulate okta: behaves as Okta's provisioning.

        It tests the credentials, looks everybody up by userName and creates them (with a password nobody asked for and
        an empty list of groups), pushes groups, edits profiles (GET, then PUT of all that came back), deactivates in
        place of deleting, reassigns, brings somebody back under another name, synchronises passwords, changes groups
        and imports everything page by page. At the end it compares the server with its own directory.

          --url URL        SCIM base address, e.g. http://localhost:5080/scim/v2/acme
          --token TOKEN    bearer token; or set SCIM_TOKEN, which keeps it out of the process list
          --token-url URL --client-id ID --client-secret SECRET
                           in place of a token: gets access tokens by client credentials, a new one before each ends;
                           the secret also from SCIM_CLIENT_SECRET
          --users N        people to invent                                            (200)
          --groups N       groups to invent                                            (20)
          --app KIND       how changes are written                                     (catalog)
                             catalog  apps of the integration network: {"op":"replace","value":{"active":false}}, groups
                                      by PATCH: {"op":"remove","path":"members[value eq \"id\"]"} beside an add, and
                                      {"op":"replace","path":"members","value":[...]} for "push now"
                             custom   apps made with the wizard: PUT of the whole person and of the whole group
          --scenario NAME  something goes wrong, in place of the later changes
                             mass-leave     very many people leave at once
                             group-emptied  groups lose all their members
                             rename-storm   names are asked for that others have, go round, and change twice more
                             wrong-mapping  names come from the wrong attribute: the same for all, empty for some
          --share N        for how many of a hundred people, or groups                 (30)
          --go-on          the people and groups are there from an earlier run with the same seed, users and groups:
                           nothing is created, they are taken as the server shows them
        {{{{Common}}}}

        Example
          simulate okta --url http://localhost:5080/scim/v2/acme --token ... --users 200 --groups 20
          simulate okta --url http://localhost:5080/scim/v2/acme --token ... --app custom --seed 7

        """;

    /// <summary>Help of <c>simulate jumpcloud</c>.</summary>
    public const string JumpCloud = $$$$"""
        simulate jumpcloud: behaves as JumpCloud's provisioning.

        First the self-test of an activation: a test user and a test group are created, changed, joined, parted and
        deleted; if any of it fails, nothing else is tried. Then people by POST and PUT without an extension, groups by
        PATCH with lists ({"op":"remove","path":"members","value":[{"value":"id"}]}), suspension by PUT.

          --url URL        SCIM base address, e.g. http://localhost:5080/scim/v2/acme
          --token TOKEN    bearer token; or set SCIM_TOKEN, which keeps it out of the process list
          --token-url URL --client-id ID --client-secret SECRET
                           in place of a token: gets access tokens by client credentials, a new one before each ends;
                           the secret also from SCIM_CLIENT_SECRET
          --users N        people to invent                                            (200)
          --groups N       groups to invent                                            (20)
        {{{{Common}}}}

        Example
          simulate jumpcloud --url http://localhost:5080/scim/v2/acme --token ... --users 50 --groups 5

        """;

    /// <summary>Help of <c>simulate onelogin</c>.</summary>
    public const string OneLogin = $$$$"""
        simulate onelogin: behaves as OneLogin's provisioning.

        It calls the base address, makes the application's groups as its administrator would, imports them, creates
        people from a template as they stand in older guides ("urn:scim:schemas:core:1.0", "id": null, "active": "true",
        a manager with managerId), joins each person to each group with one PATCH, and updates and suspends by PUT.

          --url URL        SCIM base address, e.g. http://localhost:5080/scim/v2/acme
          --token TOKEN    bearer token; or set SCIM_TOKEN, which keeps it out of the process list
          --token-url URL --client-id ID --client-secret SECRET
                           in place of a token: gets access tokens by client credentials, a new one before each ends;
                           the secret also from SCIM_CLIENT_SECRET
          --users N        people to invent                                            (200)
          --groups N       groups to invent                                            (20)
          --keep           suspend leavers; without it some of them are deleted
        {{{{Common}}}}

        Example
          simulate onelogin --url http://localhost:5080/scim/v2/acme --token ... --users 50 --groups 5

        """;

    /// <summary>Help of <c>simulate check</c>.</summary>
    public const string Check = """
        simulate check: was every acknowledged write of a run kept?

        Reads a ledger written by a run with --ledger FILE and reads each object back over SCIM. The last
        acknowledged state must be there. A write whose outcome is unknown may be there or not, but only as a whole.
        Nothing may be there twice. Use it after the server was killed amid a run, or restored from a backup.

          --ledger FILE    the ledger
          --url URL        SCIM base address
          --token TOKEN    bearer token, or set SCIM_TOKEN
          --token-url URL --client-id ID --client-secret SECRET
                           in place of a token: gets access tokens by client credentials, a new one before each ends;
                           the secret also from SCIM_CLIENT_SECRET
          --parallel N     objects looked at side by side (4)

        Exit code: 0 all there, 1 something missing, half-applied or doubled, 2 wrong usage.

        """;
}
