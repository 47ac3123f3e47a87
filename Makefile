# mrun: `make help` lists what there is.
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
SHELL := /bin/bash
# One short line a step; V=1 shows the commands.
say = $(if $(V),,@printf '  %-5s %s\n' $(1) $(2);)

# ---- What can be set -------------------------------------------------------
comma   := ,
BUILD   ?= build$(if $(SAN),-$(firstword $(subst $(comma), ,$(SAN))))$(if $(STRESS),-stress)
DEPS    ?= build/deps
PREFIX  ?= /usr/local
CC      := $(if $(filter default,$(origin CC)),gcc,$(CC))

STRICT  := -std=c11 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
           $(if $(DEV),-Werror)
CODE    := $(if $(SAN),-O1 -g -fno-omit-frame-pointer -fsanitize=$(SAN) \
             -fno-sanitize-recover=all, \
             -O2 -gdwarf-4 -D_FORTIFY_SOURCE=2 -fstack-protector-strong)
CFLAGS  ?=
LUA     ?= lua5.4
ALL_CFLAGS = $(STRICT) $(CODE) -fPIE -MMD -MP -Imodules -Iruntime -I/usr/include/lua5.4 \
             $(if $(STRESS),-DMRUN_STRESS) $(if $(SAN),-DMRUN_EACH_BLOCK) $(CFLAGS)
# Every function of Lua stays in the binary: modules loaded at run time (busted's) need them.
LINK    = -pie -Wl,-E -Wl,-z,relro,-z,now -Wl,--as-needed \
          -Wl,--whole-archive -l:liblua5.4.a -Wl,--no-whole-archive \
          -lcrypto -lyaml -lexpat -lpcre2-8 -lz -lm -ldl $(LDFLAGS)

# ---- The binary ------------------------------------------------------------
# The folder is the list: modules/<name>.c, or modules/<name>/*.c, is native.<name>.
C_FILES  := $(wildcard runtime/*.c modules/*.c modules/*/*.c) \
            $(if $(STRESS),spec/support/stress.c)
MODULES  := $(sort $(if $(STRESS),stress) $(patsubst modules/%.c,%,$(wildcard modules/*.c)) \
            $(filter-out shared,$(patsubst modules/%/,%,$(sort $(dir $(wildcard modules/*/*.c))))))
BUNDLED  := $(shell find lua -name '*.lua' 2>/dev/null | LC_ALL=C sort)
OBJECTS  := $(C_FILES:%.c=$(BUILD)/obj/%.o) $(BUILD)/gen/preload.o $(BUILD)/gen/bundle.o
DATA     := build/aws.data

all: $(BUILD)/mrun ## Build the binary at build/mrun (also plain `make`)

$(BUILD)/mrun-seed: $(OBJECTS)
	$(call say,LINK,$@)$(CC) $(CODE) -o $@ $^ $(LINK)

$(BUILD)/mrun: $(OBJECTS) $(BUILD)/obj/data.o
	$(call say,LINK,$@)$(CC) $(CODE) -o $@ $^ $(LINK)

$(BUILD)/obj/%.o: %.c Makefile | /usr/include/lua5.4/lua.h
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(ALL_CFLAGS) -c -o $@ $<

$(BUILD)/gen/%.o: $(BUILD)/gen/%.c Makefile
	$(call say,CC,$<)$(CC) $(ALL_CFLAGS) -c -o $@ $<

$(BUILD)/gen/%.o: $(BUILD)/gen/%.S
	$(call say,AS,$<)$(CC) -c -o $@ $<

$(BUILD)/obj/data.o: runtime/data.S $(DATA)
	@mkdir -p $(@D)
	$(call say,AS,$<)$(CC) -DMRUN_DATA='"$(DATA)"' -c -o $@ $<

# The lists are files: a module or a source that comes or goes makes them anew.
$(BUILD)/gen/%.list: always
	@mkdir -p $(@D)
	@echo '$(if $(filter preload,$*),$(MODULES),$(BUNDLED))' | cmp -s - $@ \
	  || echo '$(if $(filter preload,$*),$(MODULES),$(BUNDLED))' > $@

$(BUILD)/gen/preload.c: $(BUILD)/gen/preload.list runtime/generate.lua
	$(call say,GEN,$@)$(LUA) runtime/generate.lua preload $(MODULES) > $@

$(BUILD)/gen/bundle.S: $(BUILD)/gen/bundle.list runtime/generate.lua $(BUNDLED)
	@mkdir -p $(BUILD)/gen/lua
	$(call say,GEN,$@)$(LUA) runtime/generate.lua bundle $(BUILD)/gen/lua lua $(BUNDLED) > $@

# AWS's models and schemas, packed by the binary itself without them. It is the same for every
# build, so the plain one makes it.
ifeq ($(BUILD),build)
$(DATA): | build/mrun-seed
else
$(DATA): | plain-seed
plain-seed:
	@$(MAKE) --no-print-directory CC=gcc SAN= STRESS= CFLAGS= BUILD=build build/mrun-seed
.PHONY: plain-seed
endif

$(DATA): $(shell find lua/aws/pack -name '*.lua') $(DEPS)/botocore.stamp $(DEPS)/cfn-lint.stamp
	$(call say,PACK,$@)MRUN_LUA=lua MRUN_MAIN=lua/aws/pack/build.lua build/mrun-seed \
	  $(DEPS)/botocore/botocore/data $(DEPS)/cfn-lint/cfnlint/data/schemas $@

-include $(shell find $(BUILD)/obj $(BUILD)/gen -name '*.d' 2>/dev/null)

# ---- What it needs ---------------------------------------------------------
PACKAGES := gcc libc6-dev lua5.4 liblua5.4-dev libcurl4-openssl-dev libssl-dev \
            libyaml-dev libexpat1-dev libpcre2-dev zlib1g-dev lua-busted lua-system \
            lua-term lua-filesystem python3 python3-venv python3-pip ca-certificates curl \
            openssl procps
TOOLS    := clang clang-format clang-tidy cppcheck lua-check valgrind libclang-rt-dev time

deps: packages $(DEPS)/botocore.stamp $(DEPS)/cfn-lint.stamp $(DEPS)/emulators.stamp ## \
      Fetch what is needed: Debian packages, AWS's models, the emulators

packages:
	@runtime/packages $(PACKAGES)

tools: ## Debian packages of lint, stress, fuzz and bench
	@runtime/packages $(PACKAGES) $(TOOLS)

/usr/include/lua5.4/lua.h:
	@echo "mrun needs Debian packages that are not here; install them with: make deps" >&2; exit 1

# A stamp is a copy of the list that was fetched: what has not changed is not fetched again.
$(DEPS)/%.stamp: always
	@cmp -s spec/support/$*.txt $@ || runtime/fetch $(DEPS) $* $@

# ---- Checks ----------------------------------------------------------------
FILES ?=

test: deps ## Run the specs (FILES="spec/engine spec/json_spec.lua" for some)
	@$(MAKE) --no-print-directory -j$(shell nproc) $(BUILD)/mrun
	@MRUN_MAIN=spec/support/run.lua $(BUILD)/mrun $(FILES)

FAULTS ?= {"tokens":true,"hidden":1,"pending":1,"throttle":23,"reset":31,"drop":29,"reorder":5}
faults: deps ## The specs with a local AWS once more: late, throttled, cut off, out of order
	@$(MAKE) --no-print-directory -j$(shell nproc) $(BUILD)/mrun
	$(call say,SPEC,"behind a bad network")MRUN_SPEC_FAULTS='$(FAULTS)' MRUN_SPEC_TIMEOUT_S=600 \
	  MRUN_MAIN=spec/support/run.lua $(BUILD)/mrun spec/integration

conformance: deps ## Run AWS's public test data, where it lies in ../shared/suites
	@$(MAKE) --no-print-directory -j$(shell nproc) $(BUILD)/mrun
	@$(BUILD)/mrun run spec/conformance/run.lua --bars

crash: deps ## Kill mrun at every call of both recipes, cut the network, fill the disk (hours; \
               WORDS="destroy nat: killed" for some)
	@$(MAKE) --no-print-directory -j$(shell nproc) $(BUILD)/mrun
	@MRUN_MAIN=spec/crash/run.lua $(BUILD)/mrun $(WORDS)

demo: deps ## Watch mrun plan, apply, plan again and destroy a stack on a local AWS
	@$(MAKE) --no-print-directory -j$(shell nproc) $(BUILD)/mrun
	@spec/support/demo $(BUILD)/mrun

C_ALL   = $(shell git ls-files --cached --others --exclude-standard '*.c' '*.h')
C_FIXED = $(STRICT) -D_GNU_SOURCE -Imodules -Iruntime -I/usr/include/lua5.4

CHECKS  := style luacheck clang-format cppcheck clang-tidy

lint: tools ## Sizes, who may use whom, luacheck, clang-format, clang-tidy, cppcheck
	@$(MAKE) --no-print-directory --keep-going $(CHECKS:%=lint-%)

lint-style:
	$(call say,LINT,style)$(LUA) spec/support/lint/main.lua

lint-luacheck:
	$(call say,LINT,luacheck)luacheck --quiet --no-color $(wildcard lua spec recipes)

lint-clang-format:
	$(call say,LINT,clang-format)! clang-format --dry-run $(C_ALL) 2>&1 | grep '^[^ ]' \
	  | sed 's/:.*/: run make format/' | sort -u | grep .

lint-cppcheck:
	$(call say,LINT,cppcheck)cppcheck --quiet --std=c11 --error-exitcode=1 --inline-suppr \
	  --enable=warning,performance,portability --suppress=missingIncludeSystem \
	  -Imodules -Iruntime $(filter %.c,$(C_ALL))

lint-clang-tidy:
	$(call say,LINT,clang-tidy)printf '%s\n' $(filter %.c,$(C_ALL)) | xargs -P $(shell nproc) -n 4 \
	  sh -c 'clang-tidy --quiet "$$@" -- $(C_FIXED) 2>/dev/null' tidy

format: ## Let clang-format lay out the C files
	clang-format -i $(C_ALL)

SPECS_OF_MODULES ?= spec/modules
VALGRIND := valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite
stress: deps tools ## All specs under ASan, UBSan; modules' with each allocation failed; valgrind
	@$(MAKE) --no-print-directory -j$(shell nproc) SAN=address,undefined STRESS=1
	@$(MAKE) --no-print-directory -j$(shell nproc) BUILD=build-valgrind CFLAGS=-DMRUN_EACH_BLOCK
	$(call say,SPEC,"all under the sanitizers")MRUN_MAIN=spec/support/run.lua \
	  build-address-stress/mrun $(FILES)
	$(call say,SPEC,"modules with each allocation failed in turn")MRUN_SPEC_STRESS=1 \
	  MRUN_MAIN=spec/support/run.lua build-address-stress/mrun $(SPECS_OF_MODULES)
	$(call say,SPEC,"modules under valgrind")MRUN_MAIN=spec/support/run.lua \
	  MRUN_SPEC_UNDER="$(VALGRIND)" build-valgrind/mrun $(SPECS_OF_MODULES)

FUZZ_SECONDS ?= 60
FUZZ_TARGETS := $(patsubst spec/fuzz/%.lua,%,$(wildcard spec/fuzz/*.lua))

fuzz: deps tools ## libFuzzer on every parser (FUZZ_SECONDS=60 each)
	@$(MAKE) --no-print-directory -j$(shell nproc) CC=clang BUILD=build-fuzz \
	  SAN=fuzzer-no-link,address,undefined build-fuzz/fuzz $(DATA)
	@for name in $(FUZZ_TARGETS); do \
	  spec/support/fuzz build-fuzz $$name $(FUZZ_SECONDS) || exit 1; done

$(BUILD)/fuzz: $(BUILD)/obj/spec/support/fuzz.o $(filter-out %/runtime/main.o,$(OBJECTS))
	$(call say,LINK,$@)$(CC) -fsanitize=fuzzer,address,undefined -o $@ $^ $(LINK)

bench: deps tools ## The budgets: figure, budget and ratio of each
	@$(MAKE) --no-print-directory -j$(shell nproc) $(BUILD)/mrun
	@folder=$$(mktemp -d) && trap "rm -rf $$folder" EXIT && TMPDIR=$$folder \
	  MRUN_MAIN=spec/support/bench.lua $(BUILD)/mrun

# ---- Installing ------------------------------------------------------------
install: $(BUILD)/mrun ## Install below PREFIX (default /usr/local); DESTDIR for packagers
	install -D -s -m 755 $(BUILD)/mrun $(DESTDIR)$(PREFIX)/bin/mrun
	install -D -m 644 LICENSE $(DESTDIR)$(PREFIX)/share/doc/mrun/LICENSE
	install -D -m 644 NOTICE $(DESTDIR)$(PREFIX)/share/doc/mrun/NOTICE

uninstall: ## Remove what install put there
	rm -f $(DESTDIR)$(PREFIX)/bin/mrun
	rm -rf $(DESTDIR)$(PREFIX)/share/doc/mrun

clean: ## Remove what was built; what was fetched stays
	rm -rf build-* $(filter-out $(DEPS),$(wildcard build/*))

help: ## Say this
	@sed -n ':a; /\\$$/{N; s/ *\\\n */ /; ba}; s/^\([a-z-]*\):[^#]*## */\1\t/p' Makefile \
	  | while IFS=$$'\t' read -r name text; do printf '  make %-12s %s\n' "$$name" "$$text"; done

always:
.PHONY: all deps packages tools test faults conformance crash demo stress fuzz bench lint \
  $(CHECKS:%=lint-%) format install uninstall clean help always
