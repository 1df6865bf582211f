using System.Text;
using UserManagement.Membership.Invitations.Imports;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Invitations.Imports;

public sealed class InvitationCsvTests
{
    [Fact]
    [Shows("S2-10")]
    public void The_template_is_read_back_whatever_a_spreadsheet_makes_of_it()
    {
        var template = Encoding.UTF8.GetString(InvitationCsv.Template()).TrimStart('\uFEFF');
        Assert.Equal("email,role\r\n", template);
        foreach (var separator in ",;\t")
        {
            foreach (var end in new[] { "\r\n", "\n", "\r" })
            {
                foreach (
                    var encoding in new Encoding[]
                    {
                        new UTF8Encoding(true),
                        new UTF8Encoding(false),
                        new UnicodeEncoding(false, true),
                        new UnicodeEncoding(true, true),
                        new UnicodeEncoding(false, false),
                    }
                )
                {
                    var text =
                        $"Email{separator} \"role\"{end}{end}ada@acme.test{separator}user{end}\"grace@acme.test\"{separator}\"User, or; so\"{end}{separator}{end}";
                    var rows = InvitationCsv.Read([.. encoding.GetPreamble(), .. encoding.GetBytes(text)]).Value;
                    Assert.Equal([new(3, "ada@acme.test", "user"), new(4, "grace@acme.test", "User, or; so")], rows);
                }
            }
        }

        Assert.Equal([new(3, "ada@acme.test", "user")], Read("sep=;\r\nemail;role\r\nada@acme.test;user").Value);
        Assert.Equal(
            [new(2, "\"a\"\nb@acme.test", "x"), new(4, "=1+1", "@SUM(A1)")],
            Read("email,role\n\"\"\"a\"\"\nb@acme.test\",x\n=1+1,@SUM(A1)").Value
        );
        Assert.Equal(
            [new(2, "ada@acme.test", ""), new(3, "a@acme.test", "user", 3)],
            Read("email,role,\nada@acme.test\na@acme.test,user,more,").Value
        );
        Assert.Equal(
            [
                new(2, "ada@acme.test", "user", 3, "2027-01-31"),
                new(3, "bob@acme.test", "user", 2, ""),
                new(4, "c@acme.test", "user", 4, ""),
            ],
            Read("email,role,LastDay,\nada@acme.test,user,2027-01-31\nbob@acme.test,user\nc@acme.test,user,,more").Value
        );
    }

    [Fact]
    [Shows("S2-11")]
    public void Another_header_refuses_the_file_and_names_the_column()
    {
        (string Header, string Says)[] changed =
        [
            ("mail,role", "Column 1 must be “email”, and is “mail”"),
            ("role,email", "Column 1 must be “email”, and is “role”"),
            ("email,rôle", "Column 2 must be “role”, and is “rôle”"),
            ("email", "The column “role” is missing"),
            ("email,", "Column 2 must be “role”"),
            ("email,role,name", "The column “name” is not in the template"),
            ("email,role,lastDay,name", "The column “name” is not in the template"),
            ("email,name,role", "Column 2 must be “role”, and is “name”"),
            ("email|role", "Column 1 must be “email”, and is “email|role”"),
            ("ada@acme.test,user", "Column 1 must be “email”"),
        ];
        foreach (var (header, says) in changed)
        {
            Refused(header + "\nada@acme.test,user\n", says);
        }
    }

    [Fact]
    public void What_is_no_csv_is_refused_with_a_sentence()
    {
        Refused("", "empty");
        Refused(" \r\n\t", "empty");
        Refused("email,role\r\n", "no row");
        Refused("email,role\nada@acme.test,\"user\n", "line 2");
        Refused("email,role\nada@acme.test,user\n\"x\"y,user\n", "line 3");
        Refused("email,role\na\u0001@acme.test,user", "no text file");
        Refused(new string(',', 100), "Column 1");
        Says(InvitationCsv.Read([0x50, 0x4B, 3, 4, 20, 0, 6, 0]).Refusal!, "workbook");
        Says(InvitationCsv.Read([0x89, 0x50, 0x4E, 0x47, 0, 0, 0, 13]).Refusal!, "");
        Says(InvitationCsv.Read(Encoding.Latin1.GetBytes("email,role\nJörg@acme.test,user")).Refusal!, "UTF-8");
        Says(InvitationCsv.Read([0xFF, 0xFE, 0x00, 0xD8]).Refusal!, "UTF-8");
        Says(InvitationCsv.Read(new byte[InvitationCsv.MostBytes + 1]).Refusal!, "larger than 5 MB");
        Assert.True(Read(Many(InvitationCsv.MostRows)).Done);
        Refused(Many(InvitationCsv.MostRows + 1), "more than 10,000 rows");
    }

    private static string Many(int rows) => "email,role\n" + string.Concat(Enumerable.Range(0, rows).Select(i => $"p{i}@acme.test,user\n"));

    private static Outcome<IReadOnlyList<InvitationCsvRow>> Read(string text) => InvitationCsv.Read(Encoding.UTF8.GetBytes(text));

    private static void Refused(string text, string says) => Says(Read(text).Refusal!, says);

    private static void Says(Refusal refusal, string says)
    {
        Assert.Equal((RefusalKind.Invalid, "csv"), (refusal.Kind, refusal.Field));
        Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
    }
}
